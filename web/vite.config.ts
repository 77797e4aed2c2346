/* How the agent app is built. Output goes to dist/, which the Python server serves; nothing in the page is inline, so a strict content
 * security policy holds. `INNBOKS_URL` points the development server at a running Innboks. */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { compiledAhead, firstFile, ownIcons } from "./chunks.plugin.ts";
import { compressed } from "./compress.plugin.ts";
import { messages } from "./messages.plugin.ts";
import { start } from "./start.plugin.ts";
import { worker } from "./worker.plugin.ts";

const server = process.env.INNBOKS_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [messages(), react(), ownIcons(), compiledAhead(), start(), worker(), compressed()],
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        chunkFileNames: (chunk) =>
          chunk.facadeModuleId?.endsWith("?later") ? "assets/later-[name]-[hash].js" : "assets/[name]-[hash].js",
        codeSplitting: {
          groups: [
            { name: firstFile("vendor"), debugName: "vendor", priority: 2 },
            { name: firstFile("app"), debugName: "app", priority: 1 },
            // The styles of later parts, of settings and the other pages apart: small files compress badly one by one.
            {
              name: "pages",
              test: /\/features\/(availability|channels|contactbook|notifications|onboarding|people|routing|settings)\/.*\.css$/,
            },
            { name: "later", test: /\/src\/.*\.css$/ },
            // An icon that several later parts show; alone, each would be a file of its own.
            { name: "icons", test: /node_modules\/lucide-react\//, minShareCount: 3 },
          ],
        },
      },
    },
  },
  server: {
    proxy: { "/api": { target: server, changeOrigin: true }, "/frame": { target: server, changeOrigin: true } },
  },
});
