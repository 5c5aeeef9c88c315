import { UnsupportedError } from "@anabranch/core";

type OnnxPackage = typeof import("@anabranch/backend-onnx");

/**
 * The backend on ONNX Runtime, whose package is installed only by those who want it.
 *
 * @param wanting what needs it, as the error's first words: "Training", "The onnx backend"
 * @throws UnsupportedError where it is not installed, or has no native part for this machine
 */
export async function importOnnx(wanting: string): Promise<OnnxPackage> {
  try {
    return await import("@anabranch/backend-onnx");
  } catch (cause) {
    const missing = isMissing(cause);
    throw new UnsupportedError(
      `${wanting} needs the package @anabranch/backend-onnx, which ${missing ? "is not installed" : "cannot be loaded here"}.`,
      {
        subject: "@anabranch/backend-onnx",
        cure: missing ? "Install it: npm i @anabranch/backend-onnx" : "Use another machine, or the wasm backend.",
        cause,
      },
    );
  }
}

function isMissing(cause: unknown): boolean {
  const { code, message } = cause as { readonly code?: string; readonly message?: string };
  return code === "ERR_MODULE_NOT_FOUND" && message?.includes("@anabranch/backend-onnx") === true;
}
