import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { loadTokenizer, loadTokenizerFolder, type TokenizerConfigJson, writeTokenizer } from "../src/index.js";
import { byteLevelTokenizer } from "./small-tokenizers.js";

const messages = [{ role: "user", content: "Hi" }];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "anabranch-chat-"));
  await writeTokenizer(join(folder, "tokenizer.json"), byteLevelTokenizer);
});

afterEach(() => rm(folder, { recursive: true }));

async function renderWith(chat_template: TokenizerConfigJson["chat_template"]): Promise<string | undefined> {
  const config = { bos_token: "<bos>", eos_token: { content: "<eos>" }, chat_template: chat_template ?? null };
  await writeTokenizer(join(folder, "tokenizer_config.json"), config);
  return (await loadTokenizerFolder(folder)).chatTemplate?.render(messages);
}

it("finds the chat template in the configuration, alone or by name", async () => {
  const template = "{{ bos_token }}{{ messages[0].content }}{{ eos_token }}";
  expect(await renderWith(template)).toBe("<bos>Hi<eos>");
  const toolUse = { name: "tool_use", template: "with tools" };
  expect(await renderWith([toolUse, { name: "default", template }])).toBe("<bos>Hi<eos>");
  expect(await renderWith([toolUse])).toBeUndefined();
  expect(await renderWith(null)).toBeUndefined();
});

it("takes chat_template.jinja, where newer transformers write it, first", async () => {
  await writeFile(join(folder, "chat_template.jinja"), "{{ bos_token }}{{ messages | length }}\n");
  expect(await renderWith("from the configuration")).toBe("<bos>1");
  await writeFile(join(folder, "chat_template.jinja"), "{% if %}");
  await expect(renderWith(null)).rejects.toMatchObject({
    code: "INVALID_FILE",
    subject: join(folder, "chat_template.jinja"),
  });
});

it("encodes a rendered chat to the special tokens that it spells", () => {
  const config = { bos_token: "<bos>", add_bos_token: true, chat_template: "{{ bos_token }}pub<eos>" };
  const tokenizer = loadTokenizer({ tokenizer: byteLevelTokenizer, config });
  const ids = tokenizer.encode(tokenizer.chatTemplate?.render(messages) ?? "", { addSpecialTokens: false });
  expect([ids[0], ids.at(-1), ids.filter((id) => id === 0).length]).toEqual([0, 1, 1]);
});

it.each([
  [{ chat_template: 5 }, "chat_template is neither a text nor a list of templates"],
  [{ chat_template: [{ name: "default" }] }, "chat_template[0].template is not a string"],
  [{ pad_token: { content: 1 } }, "pad_token.content is not a string"],
])("refuses the configuration %j", (config, words) => {
  const load = () => loadTokenizer({ tokenizer: byteLevelTokenizer, config: JSON.stringify(config) });
  expect(load).toThrow(expect.objectContaining({ code: "INVALID_FILE", message: expect.stringContaining(words) }));
});
