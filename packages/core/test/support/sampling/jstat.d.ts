/** The little of jStat that the tests use; it comes without types. */
declare module "jstat" {
  export const jStat: { readonly chisquare: { inv(p: number, degreesOfFreedom: number): number } };
}
