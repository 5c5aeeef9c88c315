import { InvalidArgumentError } from "@anabranch/core";
import { type BackendName, ROW_PRECISIONS } from "./backend-choice.js";

/**
 * Options may come from JavaScript or a command line.
 *
 * @throws InvalidArgumentError for a precision that the backend has not
 */
export function checkPrecision(backend: BackendName, rowPrecision: string | undefined): void {
  const known: readonly string[] = ROW_PRECISIONS[backend];
  if (rowPrecision === undefined || known.includes(rowPrecision)) return;
  const others = Object.entries(ROW_PRECISIONS).filter(([, names]) =>
    (names as readonly string[]).includes(rowPrecision),
  );
  const elsewhere = others.map(([name]) => `, or the backend ${name}`).join("");
  throw strangePrecision(rowPrecision, `the ${backend} backend`, `Use one of ${known.join(", ")}${elsewhere}.`);
}

export function strangePrecision(rowPrecision: string, backend: string, cure: string): InvalidArgumentError {
  const message = `rowPrecision "${rowPrecision}" is none of ${backend}.`;
  return new InvalidArgumentError(message, { subject: "rowPrecision", cure });
}
