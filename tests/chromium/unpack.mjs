// Unpacks the browser, its libraries, its fonts and its graphics into `node_modules/.unpacked`.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { inflate } from "@sparticuz/chromium";

const PARTS = ["chromium.br", "al2023.tar.br", "fonts.tar.br", "swiftshader.tar.br"];

const packed = new URL("../bin/", import.meta.resolve("@sparticuz/chromium"));
process.env.TMPDIR = fileURLToPath(new URL("node_modules/.unpacked", import.meta.url)); // where the package puts them
mkdirSync(process.env.TMPDIR);
for (const part of PARTS) await inflate(fileURLToPath(new URL(part, packed)));
