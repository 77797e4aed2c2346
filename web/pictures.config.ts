/* `make pictures`: the pictures of the documentation, taken anew from a real server with the demo in it. */
import { defineConfig } from "@playwright/test";
import stories from "./playwright.config.ts";

export default defineConfig({ ...stories, testDir: "pictures", timeout: 240_000 });
