import { type Environment, Interpreter } from "@huggingface/jinja";
import { type SyntaxNode, walkedBy } from "./walked-nodes.js";

type Evaluate = Interpreter["evaluate"];
type Value = ReturnType<Evaluate>;

// A thousand turns of a long template take a third of it; counting this far takes about a second.
const mostSteps = 1_000_000;
const longestText = 2 ** 22; // characters
const largestList = 1_000_000; // values, those inside values counted
// Reading 64 characters costs about what evaluating a node does; a loop makes two scopes and nine values each time round.
const charactersPerStep = 64;
const stepsPerRound = 8;

/** A template takes more work or memory than any chat does. */
export class TemplateLimitError extends Error {}

/**
 * Jinja's interpreter with an end. JavaScript cannot interrupt a template, so it counts: every node that is evaluated costs
 * a step, and whatever is walked through from end to end costs its length.
 */
export class BoundedInterpreter extends Interpreter {
  #steps = 0;
  /** Nodes whose value the node above them walks through. */
  readonly #walked = new Set<unknown>();
  readonly #loopedOver = new Set<unknown>();
  readonly #weights = new WeakMap<object, number>();

  override evaluate(statement: Parameters<Evaluate>[0], environment: Environment): Value {
    const node: SyntaxNode = statement ?? {};
    for (const walked of walkedBy(node)) this.#walked.add(walked);
    if (node.type === "For") this.#loopedOver.add(node.iterable?.lhs ?? node.iterable);
    this.#spend(1);
    const value = super.evaluate(statement, environment);
    const weight = this.#weigh(value);
    if (weight > largestList) throw new TemplateLimitError("makes too long a text or list");
    // What a function returns, it made.
    if (node.type === "CallExpression" || this.#walked.has(statement)) this.#spend(weight);
    if (this.#loopedOver.has(statement)) this.#spend(stepsPerRound * lengthOf(value));
    return value;
  }

  #spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps > mostSteps) throw new TemplateLimitError("does not come to an end");
  }

  /** What it costs to print the value, in steps: everything inside counts as often as it is there. */
  #weigh({ type, value }: Value): number {
    if (typeof value === "string") {
      return value.length > longestText ? Number.POSITIVE_INFINITY : value.length / charactersPerStep;
    }
    if (typeof value !== "object" || value === null) return 0;
    const known = this.#weights.get(value);
    if (known !== undefined) return known;
    let weight = 0;
    for (const inner of value.values() as Iterable<Value>) {
      // It may change after it was weighed. No template does this.
      if (inner.type === "NamespaceValue") throw new TemplateLimitError("puts a namespace into another value");
      weight += 1 + this.#weigh(inner);
    }
    if (type !== "NamespaceValue") this.#weights.set(value, weight);
    return weight;
  }
}

function lengthOf({ value }: Value): number {
  return Array.isArray(value) ? value.length : value instanceof Map ? value.size : 0;
}
