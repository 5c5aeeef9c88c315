import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const names = ["The Mill", "Blue Spice", "Aromi", "The Eagle", "Cotto", "Zizzi", "The Vaults", "Strada"];
const foods = ["French", "Italian", "Indian", "English", "Chinese"];
const areas = ["riverside", "city centre"];

/** Made-up rows in E2E's form: 80 meanings to train on, 4 of other combinations in dev and in test, two references each. */
export async function writeTinyE2e(folder: string): Promise<void> {
  const meanings = names.flatMap((name) => foods.flatMap((food) => areas.map((area) => ({ name, food, area }))));
  const rows = ({ name, food, area }: (typeof meanings)[number]): string[] => {
    const facts = `"name[${name}], food[${food}], area[${area}]"`;
    return [
      `${facts},${name} serves ${food} food in the ${area}.`,
      `${facts},In the ${area} ${name} has ${food} food.`,
    ];
  };
  const others = ["Fitzbillies", "Wildwood"].flatMap((name) => areas.map((area) => ({ name, food: "Thai", area })));
  await mkdir(join(folder, "e2e"), { recursive: true });
  for (const [split, part] of [
    ["train", meanings],
    ["dev", others],
    ["test", others],
  ] as const) {
    await writeFile(join(folder, "e2e", `${split}.csv`), `${["mr,ref", ...part.flatMap(rows)].join("\n")}\n`);
  }
}
