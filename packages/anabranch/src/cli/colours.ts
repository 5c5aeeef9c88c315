import pc from "picocolors";

/** Colours for a stream: on a terminal that has them, and never against NO_COLOR. picocolors alone would colour pipes in CI. */
function coloursFor(stream: NodeJS.WriteStream) {
  return pc.createColors(stream.isTTY === true && stream.hasColors());
}

/** For standard output. */
export const colours = coloursFor(process.stdout);

/** For standard error. */
export const errorColours = coloursFor(process.stderr);
