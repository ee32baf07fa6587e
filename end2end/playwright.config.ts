import { defineConfig, type PlaywrightTestConfig } from "@playwright/test";

import type { PortalOptions } from "./fixtures/test.ts";

// A browser that talks to nothing but the portal under test, and needs neither a sandbox of its own nor a screen.
const chromium = {
  executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

const projects: NonNullable<PlaywrightTestConfig<object, PortalOptions>["projects"]> = [
  { name: "js", testDir: "tests", testMatch: ["both/*.spec.ts", "js/*.spec.ts"] },
  { name: "no-js", testDir: "tests", testMatch: "both/*.spec.ts", use: { javaScriptEnabled: false } },
];
if (process.env["COLLECTIEF_TEST_POSTGRES_URL"]) {
  projects.push({
    name: "postgres",
    testDir: "tests",
    testMatch: ["both/{list,deregister,flow,download}.spec.ts"],
    use: { database: "postgres" },
  });
}
if (process.env["COLLECTIEF_SCREENSHOTS"] || process.env["SCREENSHOTS"]) {
  projects.push({ name: "screenshots", testDir: "tests", testMatch: ["screenshots.spec.ts", "js/phone.spec.ts"] });
}

export default defineConfig<object, PortalOptions>({
  globalSetup: "./fixtures/template.ts",
  fullyParallel: false,
  workers: Number(process.env["COLLECTIEF_TEST_WORKERS"] ?? 2),
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"], ["./fixtures/totals.ts"]],
  outputDir: "test-results",
  use: {
    browserName: "chromium",
    launchOptions: chromium,
    locale: "nl-NL",
    timezoneId: "Europe/Amsterdam",
    viewport: { width: 1280, height: 800 },
    // A trace costs a tenth of the time, and of a run in CI nobody could open it.
    trace: process.env["CI"] ? "off" : "retain-on-failure",
    actionTimeout: 10_000,
    navigationTimeout: 20_000,
  },
  projects,
});
