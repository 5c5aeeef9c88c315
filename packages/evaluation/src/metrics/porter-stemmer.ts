/**
 * Porter's suffix stripper ("An algorithm for suffix stripping", Program 14.3, 1980) with the later rules that NLTK's
 * `PorterStemmer` applies by default, because those are the stems that rouge_score compares. The packages on npm follow
 * Porter's own list and differ from it in words like "dying" and "display"; docs/decisions/rouge.md has the count.
 */

type Condition = (stem: string) => boolean;
type Rule = readonly [suffix: string, replacement: string, condition?: Condition];

/** NLTK's irregular forms. */
const irregular: ReadonlyMap<string, string> = new Map([
  ["sky", "sky"],
  ["skies", "sky"],
  ["dying", "die"],
  ["lying", "lie"],
  ["tying", "tie"],
  ["news", "news"],
  ["innings", "inning"],
  ["inning", "inning"],
  ["outings", "outing"],
  ["outing", "outing"],
  ["cannings", "canning"],
  ["canning", "canning"],
  ["howe", "howe"],
  ["proceed", "proceed"],
  ["exceed", "exceed"],
  ["succeed", "succeed"],
]);

/** "c" or "v" for each letter; y is a consonant at the start and after a vowel. */
function pattern(word: string): string {
  let out = "";
  for (const letter of word) {
    const vowel = letter === "y" ? out.at(-1) === "c" : "aeiou".includes(letter);
    out += vowel ? "v" : "c";
  }
  return out;
}

/** Porter's m: how often a run of vowels is followed by a run of consonants. */
const measure = (stem: string): number => pattern(stem).split("vc").length - 1;
const positive: Condition = (stem) => measure(stem) > 0;
const aboveOne: Condition = (stem) => measure(stem) > 1;
const hasVowel: Condition = (stem) => pattern(stem).includes("v");

const endsInDoubleConsonant = (word: string): boolean =>
  word.length >= 2 && word.at(-1) === word.at(-2) && pattern(word).endsWith("c");

/** Porter's *o (…cvc, the last not w, x or y), and NLTK's addition: a whole word of the form vc. */
function endsInShortSyllable(word: string): boolean {
  const shape = pattern(word);
  return (shape.endsWith("cvc") && !/[wxy]$/.test(word)) || shape === "vc";
}

/** Applies the first rule whose suffix fits; where its condition fails, no later rule is tried. */
function apply(word: string, rules: readonly Rule[]): string {
  for (const [suffix, replacement, condition] of rules) {
    if (!word.endsWith(suffix)) continue;
    const stem = word.slice(0, word.length - suffix.length);
    return condition === undefined || condition(stem) ? stem + replacement : word;
  }
  return word;
}

/** Plurals: caresses -> caress, ponies -> poni, cats -> cat; dies -> die. */
function step1a(word: string): string {
  if (word.length === 4 && word.endsWith("ies")) return word.slice(0, -1);
  return apply(word, [
    ["sses", "ss"],
    ["ies", "i"],
    ["ss", "ss"],
    ["s", ""],
  ]);
}

/** -eed, -ed, -ing: agreed -> agree, plastered -> plaster, hopping -> hop, filing -> file; died -> die. */
function step1b(word: string): string {
  if (word.endsWith("ied")) return word.slice(0, word.length === 4 ? -1 : -2);
  if (word.endsWith("eed")) return apply(word, [["eed", "ee", positive]]);
  const suffix = ["ed", "ing"].find((s) => word.endsWith(s) && hasVowel(word.slice(0, -s.length)));
  if (suffix === undefined) return word;
  const stem = word.slice(0, -suffix.length);
  if (/(at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (endsInDoubleConsonant(stem)) return /[lsz]$/.test(stem) ? stem : stem.slice(0, -1);
  return measure(stem) === 1 && endsInShortSyllable(stem) ? `${stem}e` : stem;
}

/** happy -> happi, but enjoy and by stay. */
const step1c = (word: string): string =>
  apply(word, [["y", "i", (stem) => stem.length > 1 && pattern(stem).endsWith("c")]]);

const doubleSuffixes: readonly Rule[] = (
  "ational>ate tional>tion enci>ence anci>ance izer>ize bli>ble alli>al entli>ent eli>e ousli>ous ization>ize " +
  "ation>ate ator>ate alism>al iveness>ive fulness>ful ousness>ous aliti>al iviti>ive biliti>ble fulli>ful"
)
  .split(" ")
  .map((pair) => [...(pair.split(">") as [string, string]), positive]);

/** Double suffixes: relational -> relate. -alli goes first, and what it leaves is taken through the step again. */
function step2(word: string): string {
  if (word.endsWith("alli") && positive(word.slice(0, -4))) return step2(word.slice(0, -2));
  // The l of -logi counts with the stem, so that "geology" is treated as "archaeology" is.
  return apply(word, [...doubleSuffixes, ["logi", "log", () => positive(word.slice(0, -3))]]);
}

const step3 = (word: string): string =>
  apply(word, [
    ["icate", "ic", positive],
    ["ative", "", positive],
    ["alize", "al", positive],
    ["iciti", "ic", positive],
    ["ical", "ic", positive],
    ["ful", "", positive],
    ["ness", "", positive],
  ]);

const plainSuffixes: readonly Rule[] = "al ance ence er ic able ible ant ement ment ent ion ou ism ate iti ous ive ize"
  .split(" ")
  .map((suffix) => [suffix, "", suffix === "ion" ? (stem) => aboveOne(stem) && /[st]$/.test(stem) : aboveOne]);

const step4 = (word: string): string => apply(word, plainSuffixes);

/** A final e goes: probate -> probat, cease -> ceas; rate stays. */
function step5a(word: string): string {
  if (!word.endsWith("e")) return word;
  const stem = word.slice(0, -1);
  return aboveOne(stem) || (measure(stem) === 1 && !endsInShortSyllable(stem)) ? stem : word;
}

/** controll -> control; roll stays. */
const step5b = (word: string): string => apply(word, [["ll", "l", () => aboveOne(word.slice(0, -1))]]);

/** The stem of a lower-case word, as NLTK's `PorterStemmer().stem(word)` gives it. */
export function porterStem(word: string): string {
  const known = irregular.get(word);
  if (known !== undefined) return known;
  if (word.length <= 2) return word;
  return [step1a, step1b, step1c, step2, step3, step4, step5a, step5b].reduce((stem, step) => step(stem), word);
}
