/* Compresses scripts and styles with Brotli while building, a seventh smaller than the gzip that the server makes itself (innboks/api/static.py sends the
 * file beside to who takes it). */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress } from "node:zlib";
import type { Plugin } from "vite";

const SMALLEST = 500;

export function compressed(): Plugin {
  return {
    name: "innboks-compressed",
    apply: "build",
    async writeBundle({ dir = "" }) {
      const files = (await readdir(join(dir, "assets"))).filter((name) => /\.(js|css)$/.test(name));
      await Promise.all(
        files.map(async (name) => {
          const file = join(dir, "assets", name);
          const plain = await readFile(file);
          if (plain.length < SMALLEST) return;
          await writeFile(`${file}.br`, await promisify(brotliCompress)(plain));
        }),
      );
    },
  };
}
