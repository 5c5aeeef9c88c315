import { Command } from "commander";
import { inspect, type ModelReport } from "../inspect/inspect.js";
import { colours } from "./colours.js";
import { interruptSignal } from "./interrupt.js";
import { downloadBar } from "./progress.js";

interface InspectCommandOptions {
  readonly json: boolean;
}

export function inspectCommand(): Command {
  const examples = [
    "anabranch inspect model.gguf",
    "anabranch inspect HuggingFaceTB/SmolLM2-135M-Instruct --json",
    "anabranch inspect runs/base",
  ];
  return new Command("inspect")
    .description("Tell what a model's files hold, whether it runs here, and why not")
    .argument("<model>", "a GGUF file, a Hugging Face folder, or a name on the hub (which is fetched)")
    .option("--json", "one JSON object", false)
    .addHelpText("after", `\nExamples:\n${examples.map((line) => `  ${line}`).join("\n")}`)
    .action((model: string, options: InspectCommandOptions) => run(model, options));
}

async function run(model: string, { json }: InspectCommandOptions): Promise<void> {
  const signal = interruptSignal();
  const bar = downloadBar();
  const report = await inspect(model, { signal, onProgress: bar.update }).finally(bar.stop);
  process.stdout.write(`${json ? JSON.stringify(report, null, 2) : describe(report)}\n`);
}

function describe(report: ModelReport): string {
  const { specialTokens, chatTemplate } = report;
  const formats = report.formats.map(({ format, tensors, bytes }) => `${format}: ${tensors} tensors, ${size(bytes)}`);
  const lines: [string, string][] = [
    ["model", `${report.path} (${report.kind})`],
    ["family", report.family ?? "not said"],
    ["parameters", `${report.parameters.toLocaleString("en")} (${size(report.float32Bytes)} as float32)`],
    ["formats", formats.join("; ")],
    ["context", report.context === undefined ? "not said" : `${report.context.toLocaleString("en")} positions`],
    ["vocabulary", report.vocabulary === undefined ? "not said" : `${report.vocabulary.toLocaleString("en")} tokens`],
    ["begins with", specialTokens?.bos === undefined ? "nothing" : specialTokens.bos],
    ["ends with", specialTokens === undefined ? "unknown" : specialTokens.ends.join(", ") || "nothing"],
    ["chat", chat(chatTemplate)],
    ["runs here", report.runs ? colours.green("yes") : colours.red("no")],
  ];
  const width = Math.max(...lines.map(([title]) => title.length));
  const table = lines.map(([title, value]) => `${colours.bold(title.padEnd(width))}  ${value}`);
  const obstacles = report.obstacles.map(({ code, message }) => `  ${colours.red(code)} ${message}`);
  return [...table, ...obstacles, ...report.warnings.map((warning) => `  ${warning}`)].join("\n");
}

function chat(template: ModelReport["chatTemplate"]): string {
  if (template === undefined) return "no template";
  if (template.renders !== true) return `a template that fails: ${template.renders.message}`;
  const [first = ""] = (template.example ?? "").split("\n");
  return `a template that renders, beginning ${JSON.stringify(first)}`;
}

/** Bytes in words. */
function size(bytes: number): string {
  const [unit, name] = bytes >= 1e9 ? [1e9, "GB"] : bytes >= 1e6 ? [1e6, "MB"] : [1e3, "kB"];
  return `${(bytes / (unit as number)).toFixed(1)} ${name}`;
}
