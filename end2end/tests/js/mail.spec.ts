import { SMTPServer } from "smtp-server";

import { accounts } from "../../fixtures/people.ts";
import { expect, hydrated, test } from "../../fixtures/test.ts";

const { hr } = accounts;

// One for each worker, so that two can run beside each other.
const port = 27_250 + Number(process.env["TEST_PARALLEL_INDEX"] ?? 0);
const [user, password] = ["portaal", "geheim voor de post"];

test.use({
  changesData: true,
  settings: {
    COLLECTIEF_MAIL_SERVER: `smtp://127.0.0.1:${port}`,
    COLLECTIEF_MAIL_FROM: "portaal@verzekeraar.example",
    COLLECTIEF_MAIL_USER: user,
    COLLECTIEF_MAIL_PASSWORD: password,
  },
});

test("a mail that was asked for while the mail server was down arrives once it is back", async ({ page, open, portal }) => {
  test.setTimeout(150_000);
  await open("/wachtwoord-vergeten");
  await page.getByLabel("E-mailadres").fill(hr.email);
  await page.getByRole("button", { name: "Stuur de e-mail" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Kijk in uw e-mail" })).toBeVisible();
  // The first try fails; the next one is a minute later.
  await expect.poll(() => portal.output, { timeout: 30_000 }).toContain("a message was not delivered");

  const mails: { from: string; to: string[]; text: string }[] = [];
  const server = new SMTPServer({
    allowInsecureAuth: true,
    disabledCommands: ["STARTTLS"],
    onAuth: (auth, _session, done) =>
      auth.username === user && auth.password === password ? done(null, { user }) : done(new Error("not known here")),
    onData: (stream, session, done) => {
      const { mailFrom, rcptTo } = session.envelope;
      const parts: Buffer[] = [];
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("end", () => {
        const text = Buffer.concat(parts).toString();
        mails.push({ from: mailFrom ? mailFrom.address : "", to: rcptTo.map(({ address }) => address), text });
        done();
      });
    },
  });
  await new Promise<void>((ready) => server.listen(port, "127.0.0.1", ready));
  try {
    await expect.poll(() => mails.length, { timeout: 90_000 }).toBe(1);
    const [mail] = mails;
    expect(mail?.from).toBe("portaal@verzekeraar.example");
    expect(mail?.to).toEqual([hr.email]);
    const link = mail?.text.split(/\s/).find((word) => word.startsWith(`${portal.url}/`));
    await open((link ?? "").slice(portal.url.length));
    await hydrated(page);
    await expect(page.getByLabel("Nieuw wachtwoord")).toBeVisible();
  } finally {
    await new Promise<void>((closed) => server.close(() => closed()));
  }
});
