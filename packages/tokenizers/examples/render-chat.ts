import { createChatTemplate } from "@anabranch/tokenizers";

const source =
  "{% for turn in messages %}<|{{ turn.role }}|>{{ turn.content }}{{ eos_token }}{% endfor %}<|assistant|>";
const template = createChatTemplate(source, { eosToken: "</s>" });
console.log(template.render([{ role: "user", content: "Which pub is near Café Brazil?" }])); // <|user|>Which pub is near Café Brazil?</s><|assistant|>
