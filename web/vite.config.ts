/* How the agent app is built. Output goes to dist/, which the Python server serves; nothing in the page is inline, so a strict content
 * security policy holds. `INNBOKS_URL` points the development server at a running Innboks. */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { messages } from "./messages.plugin.ts";

const server = process.env.INNBOKS_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [messages(), react()],
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        // Few files for the first paint: what every page needs stands together instead of in a dozen small chunks.
        codeSplitting: {
          groups: [
            {
              name: "vendor",
              test: /node_modules\/(react|react-dom|scheduler|@tanstack|@lingui|use-sync-external-store)\//,
            },
            { name: "shared", test: /src\/(api|ui)\/(?!messages|MenuContent|PopoverContent|CopyField)[^?]*\.tsx?$/ },
          ],
        },
      },
    },
  },
  server: {
    proxy: { "/api": { target: server, changeOrigin: true }, "/frame": { target: server, changeOrigin: true } },
  },
});
