import { createDetokenizer, loadTokenizer, trainByteLevelBpe } from "@anabranch/tokenizers";

const texts = ["The Vaults is a pub near Café Adriatic.", "The Eagle is a coffee shop near Café Brazil."];
const json = trainByteLevelBpe(texts, { vocabularySize: 280, specialTokens: ["<bos>", "<eos>"] });
const tokenizer = loadTokenizer({ tokenizer: json, config: { bos_token: "<bos>", eos_token: "<eos>" } });

const detokenizer = createDetokenizer(tokenizer, { skipSpecialTokens: true });
let text = "";
for (const id of tokenizer.encode("<bos>A pub near 寿司 🍣<eos>")) text += detokenizer.push(id);
console.log(text + detokenizer.flush()); // A pub near 寿司 🍣
