// A broker of eHerkenning for tests and demonstrations: a certified OpenID provider with invented people. Whoever comes
// chooses who to be and at which level; nothing is secret here, so it only listens on this machine.
//
//   node broker.mjs --port 3001 --portal http://localhost:3000

import { createServer } from "node:http";
import { parseArgs } from "node:util";

import { Provider, interactionPolicy } from "oidc-provider";

const LEVELS = "urn:etoegang:core:assurance-class:";
const KVK = "urn:etoegang:1.9:EntityConcernedID:KvKnr";

/** What the portal is known by; everybody may know it. */
export const client = { id: "collectief", secret: "alleen-voor-demonstraties" };

/** The levels, the lowest first. */
export const levels = { loa2: "eH2", loa2plus: "eH2+", loa3: "eH3", loa4: "eH4" };

/** The people, by what the broker knows them by. Their organisations are those of the demonstration. */
export const people = {
  "pseudoniem-hanna": { name: "Hanna Rozema", organisation: "Zorggroep De Linde", kvk: "90000011" },
  "pseudoniem-milan": { name: "Milan de Vos", organisation: "Gemeente Oosterwaard", kvk: "90000033" },
  "pseudoniem-elders": { name: "Elke Anders", organisation: "Bakkerij zonder contract", kvk: "90000077" },
};

/** Starts a broker; `port` 0 takes any that is free. It knows nobody until it is told of a portal. */
export async function start(port = 0) {
  let answer = (_, response) => {
    response.statusCode = 503;
    response.end();
  };
  const server = createServer((request, response) => answer(request, response));
  await new Promise((done, failed) => server.once("error", failed).listen(port, "127.0.0.1", done));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  return {
    issuer,
    /** Lets a portal send people here, who are sent back there. */
    serve: (portal) => {
      answer = answers(issuer, portal);
    },
    stop: () =>
      new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      }),
  };
}

/** Whoever comes chooses anew, also in a browser in which somebody chose before. */
function alwaysAsked() {
  const { base, Check } = interactionPolicy;
  const policy = base();
  const asked = (context) => (context.oidc.result?.login ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT);
  policy.get("login").checks.add(new Check("always_asked", "who to be has to be chosen", asked));
  return policy;
}

/** What answers the requests for a portal. */
function answers(issuer, portal) {
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: [`${portal}/inloggen/eherkenning/terug`],
        grant_types: ["authorization_code"],
        response_types: ["code"],
      },
    ],
    acrValues: Object.keys(levels).map((level) => LEVELS + level),
    claims: { openid: ["sub", KVK], acr: null },
    // The claims stand in the token itself.
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    cookies: { keys: ["alleen-voor-demonstraties"] },
    ttl: { Interaction: 3600, Session: 3600, Grant: 3600, AccessToken: 60, AuthorizationCode: 60, IdToken: 300 },
    interactions: { url: (_, interaction) => `/kies/${interaction.uid}`, policy: alwaysAsked() },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, [KVK]: people[id]?.kvk }),
    }),
    // Who chose has consented.
    loadExistingGrant: async (context) => {
      const grant = new context.oidc.provider.Grant({
        clientId: context.oidc.client.clientId,
        accountId: context.oidc.session.accountId,
      });
      grant.addOIDCScope("openid");
      await grant.save();
      return grant;
    },
  });
  const provided = provider.callback();
  return async (request, response) => {
    if (!request.url.startsWith("/kies/")) return provided(request, response);
    try {
      const { params } = await provider.interactionDetails(request, response);
      if (request.method !== "POST") {
        response.setHeader("content-type", "text/html; charset=utf-8");
        return response.end(page(params.acr_values ?? ""));
      }
      const chosen = new URLSearchParams(await body(request));
      const result = chosen.has("stop")
        ? { error: "access_denied", error_description: "the person went back" }
        : { login: { accountId: chosen.get("wie"), acr: LEVELS + chosen.get("niveau"), remember: false } };
      return await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
    } catch (error) {
      response.statusCode = 400;
      return response.end(`This cannot be done now: ${error.message}\n`);
    }
  };
}

async function body(request) {
  let text = "";
  for await (const piece of request) text += piece;
  return text;
}

function page(asked) {
  const options = (pairs, chosen) =>
    pairs.map(([value, label]) => `<option value="${value}"${value === chosen ? " selected" : ""}>${label}</option>`).join("");
  const lowest = Object.keys(levels).find((level) => asked.split(" ").includes(LEVELS + level)) ?? "loa3";
  const who = Object.entries(people).map(([id, person]) => [id, `${person.name}, ${person.organisation}`]);
  return `<!DOCTYPE html>
<html lang="nl"><head><meta charset="utf-8"><title>Demonstratiemakelaar</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"></head>
<body><main><h1>Demonstratiemakelaar</h1>
<p>Dit staat in voor eHerkenning. Kies wie u bent en met welk niveau u inlogt.</p>
<form method="post">
<p><label>Wie bent u? <select name="wie">${options(who)}</select></label></p>
<p><label>Niveau <select name="niveau">${options(Object.entries(levels), lowest)}</select></label></p>
<p><button>Inloggen</button> <button name="stop" value="ja">Annuleren</button></p>
</form></main></body></html>
`;
}

if (import.meta.filename === process.argv[1]) {
  const { values } = parseArgs({
    options: { port: { type: "string", default: "3001" }, portal: { type: "string", default: "http://localhost:3000" } },
  });
  const broker = await start(Number(values.port));
  broker.serve(values.portal);
  console.log(`eHerkenning is played at ${broker.issuer}, for ${values.portal}`);
}
