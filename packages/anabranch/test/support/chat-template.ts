import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A template in the manner of ChatML, of the tokens that the tiny models have; it refuses two turns of one role. */
const TEMPLATE = `{%- for message in messages -%}
{%- if not loop.first and message['role'] == loop.previtem['role'] -%}{{ raise_exception('Roles must take turns') }}{%- endif -%}
{{ '<|facts|>' + message['role'] + ':' + message['content'] + '<|text|>' }}
{%- endfor -%}
{%- if add_generation_prompt -%}{{ '<|facts|>A:' }}{%- endif -%}`;

/** Gives a model's folder a chat template. */
export function writeChatTemplate(folder: string): Promise<void> {
  return writeFile(join(folder, "chat_template.jinja"), TEMPLATE);
}
