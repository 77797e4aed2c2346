import { defineConfig } from "vitest/config";
import { messages } from "./messages.plugin.ts";

export default defineConfig({
  plugins: [messages()],
  test: { include: ["src/**/*.test.{ts,tsx}"], environment: "node" },
});
