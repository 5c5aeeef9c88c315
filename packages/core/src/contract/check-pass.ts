import {
  ContextOverflowError,
  DroppedRowError,
  InvalidArgumentError,
  UnknownTokenError,
  UnsupportedError,
} from "../errors/index.js";
import type { ModelSpec } from "../model/index.js";
import { rowDepths } from "../tree/row-visibility.js";
import type { Capabilities } from "./capabilities.js";
import { COMMITTED, type PassRequest, type PassRow, type RowRead } from "./pass.js";

/** Checks that every backend makes before a pass, so that all refuse the same requests with the same errors. */
export function checkPass(spec: ModelSpec, capabilities: Capabilities, requests: readonly PassRequest[]): void {
  if (requests.length > capabilities.maxSequences) {
    throw new UnsupportedError(
      `A pass of ${requests.length} sequences was asked for; this backend takes ${capabilities.maxSequences}.`,
      { subject: "maxSequences" },
    );
  }
  const rows = requests.reduce((sum, request) => sum + request.rows.length, 0);
  if (rows > capabilities.maxRows) {
    throw new UnsupportedError(`A pass of ${rows} rows was asked for; this backend takes ${capabilities.maxRows}.`, {
      subject: "maxRows",
      cure: "Cut the rows into several passes.",
    });
  }
  if (new Set(requests.map((request) => request.sequence)).size !== requests.length) {
    throw new InvalidArgumentError("One sequence stands twice in a pass.");
  }
  for (const request of requests) checkRequest(spec, capabilities, request);
}

function checkRequest(spec: ModelSpec, capabilities: Capabilities, request: PassRequest): void {
  const { sequence, rows } = request;
  if (rows.length === 0) throw new InvalidArgumentError("A pass without rows was asked for.");
  checkPruning(capabilities, request);
  rows.forEach((row, index) => {
    checkRow(spec, row, index);
    if (row.streams === true) checkStreams(capabilities, request);
    if (row.read !== undefined) checkRead(spec, capabilities, row.read, index);
  });
  const deepest = rowDepths(rows).reduce((most, depth) => Math.max(most, depth), 0);
  if (sequence.length + deepest >= capabilities.maxPositions) {
    throw new ContextOverflowError(
      `Position ${sequence.length + deepest} is past the last of ${capabilities.maxPositions}.`,
      { subject: "maxPositions", cure: "Shorten the prompt or stop earlier." },
    );
  }
}

function checkPruning({ pruning: able }: Capabilities, { pruning, sequence }: PassRequest): void {
  if (pruning === undefined) return;
  if (!able) throw new UnsupportedError("This backend cannot prune inside a pass.", { subject: "pruning" });
  if (sequence.adapter?.streams.pruning === undefined) {
    throw new UnsupportedError("Pruning was asked for in a sequence whose adapter cannot prune.", {
      subject: "pruning",
      cure: "Train a pruning adapter, or leave pruning out.",
    });
  }
  if (!(pruning.threshold >= 0 && pruning.threshold <= 1)) {
    throw new InvalidArgumentError(`A pass was to be pruned at ${pruning.threshold}; it is a probability, 0..1.`, {
      subject: "pruning.threshold",
    });
  }
}

function checkRow(spec: ModelSpec, row: PassRow, index: number): void {
  if (!Number.isInteger(row.token) || row.token < 0 || row.token >= spec.vocabularySize) {
    throw new UnknownTokenError(`Row ${index} holds token ${row.token}; the vocabulary has ${spec.vocabularySize}.`, {
      subject: `rows[${index}].token`,
      cure: "Check that tokenizer and model belong together.",
    });
  }
  if (!Number.isInteger(row.parent) || row.parent < COMMITTED || row.parent >= index) {
    throw new InvalidArgumentError(
      `Row ${index} names row ${row.parent} as its parent; a parent stands before its row.`,
      {
        subject: `rows[${index}].parent`,
      },
    );
  }
}

function checkStreams(capabilities: Capabilities, { sequence }: PassRequest): void {
  if (sequence.adapter === undefined) {
    throw new UnsupportedError("Streams were asked for in a sequence without an adapter.", {
      subject: "streams",
      cure: "Create the sequence with an attached adapter.",
    });
  }
  if (!capabilities.parallelStreams) {
    throw new UnsupportedError("This backend cannot run streams inside a pass.", { subject: "parallelStreams" });
  }
}

function checkRead(spec: ModelSpec, capabilities: Capabilities, read: RowRead, index: number): void {
  const { vocabularyBias, hidden, topLogProbs, logProbsOf } = read;
  if (vocabularyBias !== undefined) {
    if (!capabilities.vocabularyBias) {
      throw new UnsupportedError("This backend takes no vocabulary bias.", { subject: "vocabularyBias" });
    }
    if (vocabularyBias.length !== spec.vocabularySize) {
      throw new InvalidArgumentError(
        `Row ${index}'s vocabulary bias has ${vocabularyBias.length} entries, not ${spec.vocabularySize}.`,
      );
    }
  }
  if (hidden !== undefined && !capabilities.hiddenStates) {
    throw new UnsupportedError("This backend gives no hidden states.", { subject: "hiddenStates" });
  }
  for (const layer of hidden ?? []) {
    if (!Number.isInteger(layer) || layer < 0 || layer > spec.layers) {
      throw new InvalidArgumentError(
        `Row ${index} asks for the states of layer ${layer}; there are 0..${spec.layers}.`,
      );
    }
  }
  if (topLogProbs !== undefined && !(topLogProbs >= 1 && topLogProbs <= spec.vocabularySize)) {
    throw new InvalidArgumentError(`Row ${index} asks for the ${topLogProbs} most probable tokens.`);
  }
  for (const token of logProbsOf ?? []) {
    if (!Number.isInteger(token) || token < 0 || token >= spec.vocabularySize) {
      throw new UnknownTokenError(`Row ${index} asks for the log-probability of token ${token}.`, {
        subject: "logProbsOf",
      });
    }
  }
}

/**
 * Checks a commit's path against the rows of the latest pass.
 * @throws DroppedRowError for a row that is not there or was pruned; InvalidArgumentError for rows that are not a path.
 */
export function checkPath(
  rows: readonly PassRow[] | undefined,
  path: readonly number[],
  survived: (row: number) => boolean = () => true,
): void {
  let parent = COMMITTED;
  for (const row of path) {
    const at = rows?.[row];
    if (at === undefined || !survived(row)) {
      throw new DroppedRowError(`Row ${row} is not among the rows of the latest pass.`, {
        cure: "Commit rows of a pass before the sequence's next pass, rollback or commit.",
      });
    }
    if (at.parent !== parent) {
      throw new InvalidArgumentError(
        `The path [${path.join(", ")}] breaks at row ${row}, which follows row ${at.parent}.`,
      );
    }
    parent = row;
  }
}
