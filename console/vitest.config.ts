// Runs the tests of what the console computes: plain functions, without a page.
import { defineConfig } from "vitest/config";

export default defineConfig({ test: { include: ["test/**/*.test.ts"], pool: "threads", maxWorkers: 2, reporters: ["dot"] } });
