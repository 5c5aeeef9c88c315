import { describe, expect, it } from "vitest";
import { createChatTemplate } from "../index.js";

const user = { role: "user", content: "Hi" };
const render = (source: string, variables: Record<string, unknown> = {}) =>
  createChatTemplate(source, { bosToken: "<s>", eosToken: "</s>" }, "chat.jinja").render([user], { variables });

function errorOf(work: () => unknown): { code: string; message: string; subject: string } {
  try {
    work();
  } catch (error) {
    return error as { code: string; message: string; subject: string };
  }
  throw new Error("nothing was thrown");
}

describe("createChatTemplate", () => {
  it("gives the template the messages, the special tokens and the prompt of the answer", () => {
    const source = "{{ bos_token }}{% for m in messages %}{{ m.role }}: {{ m['content'] }}{{ eos_token }}{% endfor %}";
    const prompt = "{% if add_generation_prompt %}assistant:{% endif %}{{ unk_token }}";
    const template = createChatTemplate(source + prompt, { bosToken: "<s>", eosToken: "</s>" });
    expect(template.render([user])).toBe("<s>user: Hi</s>assistant:");
    expect(template.render([user], { addGenerationPrompt: false })).toBe("<s>user: Hi</s>");
  });

  it("trims blocks as transformers does", () => {
    expect(render("{% if true %}\n  {% for m in messages %}\n{{ m.content }}\n  {% endfor %}\n{% endif %}\n")).toBe(
      "Hi\n",
    );
  });

  it("writes JSON as Python does: spaces after separators, characters as they are", () => {
    const tools = [{ name: "wetter", arguments: { ort: "Köln 🍅", days: [1, 2.5, null, true] } }];
    expect(render("{{ tools | tojson }}", { tools })).toBe(
      '[{"name": "wetter", "arguments": {"ort": "Köln 🍅", "days": [1, 2.5, null, true]}}]',
    );
    expect(render("{{ tools[0].arguments.days | tojson(indent=2) }}", { tools })).toBe(
      "[\n  1,\n  2.5,\n  null,\n  true\n]",
    );
  });

  it("lets a variable be called as a function is", () => {
    expect(render("{{ range }}", { range: "far" })).toBe("far");
    expect(render("{{ range(2, 8, 3) | length }}{{ range(3)[2] }}{{ range(5, 0, -2)[1] }}")).toBe("223");
  });

  it("dates in English", () => {
    const english = "(January|February|March|April|May|June|July|August|September|October|November|December)";
    expect(render("{{ strftime_now('%d %B %Y') }}")).toMatch(new RegExp(`^\\d\\d ${english} \\d{4}$`));
  });

  it("says in the template's words why it refuses messages", () => {
    const error = errorOf(() => render("{{ raise_exception('Roles must alternate user/assistant.') }}"));
    expect([error.code, error.subject]).toEqual(["INVALID_ARGUMENT", "messages"]);
    expect(error.message).toContain("chat.jinja refuses these messages: Roles must alternate user/assistant.");
  });

  it("names the file of a template that is no Jinja, when it is first used", () => {
    for (const source of ["{% if %}", "{% for m in messages %}", "{{ 'a' ", `{{ ${"(".repeat(50_000)} }}`]) {
      const template = createChatTemplate(source, {}, "tokenizer_config.json: chat_template");
      const error = errorOf(() => template.render([user]));
      expect([error.code, error.subject]).toEqual(["INVALID_FILE", "tokenizer_config.json: chat_template"]);
    }
  });

  it.each([
    ["an unknown filter", "{{ 'a' | reverse_words }}"],
    ["an unknown function", "{{ web_search('a') }}"],
    ["an attribute of nothing", "{{ 'a' + nothing }}"],
    ["endless recursion", "{% macro a(n) %}{{ n(n) }}{% endmacro %}{{ a(a) }}"],
    ["nested loops", "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"],
    ["too long a range", "{{ range(1000000000) }}"],
    ["a range that stands still", "{{ range(0, 9, 0) }}"],
    ["doubling text", "{% set n = namespace(a='xx') %}{% for i in range(99) %}{% set n.a = n.a ~ n.a %}{% endfor %}"],
    ["doubling lists", "{% set n = namespace(a=[]) %}{% for i in range(99) %}{% set n.a = [n.a, n.a] %}{% endfor %}"],
    ["a namespace in itself", "{% set n = namespace() %}{% set n.a = [n] %}{{ n }}"],
    ["a search in a loop", "{% set a = range(99999) %}{% for i in a %}{% if -1 in a %}{% endif %}{% endfor %}"],
    ["a sort in a loop", "{% for i in range(999) %}{% set a = range(99999) | sort %}{% endfor %}"],
    ["wide white space", `{{ 'a' }}${" ".repeat(5000)}`],
    ["wide indents", "{{ 'a\nb' | indent(1000000000) }}"],
  ])("ends %s with an UnsupportedError that names the template", (_, source) => {
    expect(errorOf(() => render(source))).toMatchObject({ code: "UNSUPPORTED", subject: "chat.jinja" });
  });

  it("has room for long chats", () => {
    const messages = Array.from({ length: 2000 }, (_, i) => ({
      role: i % 2 === 0 ? "user" : "assistant",
      content: `${i} `.repeat(100),
    }));
    const source =
      "{% for m in messages %}{% if m.role == 'user' and (messages | length) > 1 %}<u>{{ m.content | trim }}" +
      "{% elif messages[loop.index0 - 1].role == 'user' %}<a>{{ m.content.split(' ')[0] }}{% endif %}{% endfor %}";
    expect(createChatTemplate(source).render(messages)).toHaveLength(
      messages
        .map(({ role, content }, i) => 3 + (role === "user" ? content.trim() : `${i}`).length)
        .reduce((a, b) => a + b),
    );
  });
});
