// Compresses the built files once, so that the service never spends processor time on it.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";

// Below this size the headers weigh as much as what compression saves.
const SMALLEST_WORTH_COMPRESSING = 1024;

// The highest quality takes fifteen times as long to save a twelfth.
const BROTLI_QUALITY = 9;

const compressions = {
  gz: (body: Buffer) => promisify(gzip)(body, { level: constants.Z_BEST_COMPRESSION }),
  br: (body: Buffer) =>
    promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }),
};

async function compress(file: string): Promise<void> {
  const body = await readFile(file);
  if (body.length <= SMALLEST_WORTH_COMPRESSING) return;
  await Promise.all(
    Object.entries(compressions).map(async ([suffix, shrink]) => {
      const shrunk = await shrink(body);
      if (shrunk.length < body.length) await writeFile(`${file}.${suffix}`, shrunk);
    }),
  );
}

export function precompress(): Plugin {
  return {
    name: "precompress",
    apply: "build",
    async writeBundle(options, bundle) {
      const assets = Object.keys(bundle).filter((name) => name.startsWith("assets/"));
      await Promise.all(assets.map((name) => compress(join(options.dir ?? "", name))));
    },
  };
}
