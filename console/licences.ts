// Adds the licence texts that Vite cannot find: Swagger UI comes with its own dependencies already bundled.
import { readFile } from "node:fs/promises";
import type { Plugin } from "vite";

const SOURCES = ["NOTICE", "swagger-ui-es-bundle.js.LICENSE.txt"];

export function licencesOfSwaggerUI(): Plugin {
  return {
    name: "licences-of-swagger-ui",
    apply: "build",
    async generateBundle() {
      const folder = new URL("node_modules/swagger-ui-dist/", import.meta.url);
      const texts = await Promise.all(SOURCES.map((name) => readFile(new URL(name, folder), "utf8")));
      this.emitFile({ type: "asset", fileName: "licenses-swagger-ui.txt", source: texts.join("\n") });
    },
  };
}
