// Builds the pages into app/console/dist for being served at /, /ui, /graphql and /docs, their files below /graphql/assets.
import { defineConfig } from "vite";
import { licencesOfSwaggerUI } from "./licences.ts";
import { precompress } from "./precompress.ts";

export default defineConfig({
  // The pages ask for their files relative to their own address, so that a proxy may serve them below any path.
  base: "./",
  experimental: {
    renderBuiltUrl: (file, { hostType, hostId }) => {
      if (hostType !== "html") return { relative: true };
      // The console is served at addresses of any depth: the service puts its own root in the place of this word.
      return hostId.endsWith("ui.html") ? `/__root__/graphql/${file}` : `graphql/${file}`;
    },
  },
  plugins: [licencesOfSwaggerUI(), precompress()],
  build: {
    outDir: "../app/console/dist",
    emptyOutDir: true,
    // The bundled packages' licences ask that their text travels with every copy.
    license: { fileName: "licenses.md" },
    // The editor is one big chunk by nature; splitting it would only add round trips.
    chunkSizeWarningLimit: 4096,
    // Directives like "use client" address frameworks that render on a server; here there is none.
    rolldownOptions: {
      input: ["ui.html", "index.html", "docs.html"],
      checks: { moduleLevelDirective: false, pluginTimings: false },
    },
  },
});
