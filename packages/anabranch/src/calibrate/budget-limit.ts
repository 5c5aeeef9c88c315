/** Children of a draft node under a budget: the best tokens are had for nearly nothing, and the tree keeps what pays. */
export const BUDGET_TOP_K = 8;
/** Nodes of the largest tree under a budget. */
export const BUDGET_NODES = 31;
