// A real OpenID provider for the tests (npm oidc-provider, certified): one client, people who only exist here.
// Started by tests/people/provider.py with a JSON of settings; prints a line once it listens.
import http from 'node:http';
import Provider from 'oidc-provider';

const given = JSON.parse(process.argv[2]);

const page = (body) => `<!doctype html><html lang="zh"><meta charset="utf-8"><link rel="icon" href="data:,"><title>统一身份认证</title><body>${body}</body></html>`;

const provider = new Provider(given.issuer, {
  clients: [{
    client_id: given.client,
    client_secret: given.secret,
    redirect_uris: given.redirects,
    response_types: ['code'],
    grant_types: ['authorization_code'],
    token_endpoint_auth_method: 'client_secret_post',
  }],
  claims: { openid: ['sub'], profile: ['name', 'preferred_username'] },
  cookies: { keys: ['for tests only'] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
  pkce: { required: () => true },
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, ...(given.people[id] ?? { preferred_username: id, name: id }) }),
  }),
});

async function form(request) {
  let body = '';
  for await (const part of request) body += part;
  return new URLSearchParams(body);
}

async function interact(request, response) {
  const { prompt, params } = await provider.interactionDetails(request, response);
  if (request.method === 'GET') {
    const fields = prompt.name === 'login' ? '<label>工号 <input name="person" autofocus></label>' : `<p>${params.client_id}</p>`;
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(page(`<h1>${prompt.name}</h1><form method="post">${fields}<button name="do" value="yes">同意</button><button name="do" value="no">拒绝</button></form>`));
    return;
  }
  const sent = await form(request);
  if (sent.get('do') === 'no') {
    await provider.interactionFinished(request, response, { error: 'access_denied' });
    return;
  }
  if (prompt.name === 'login') {
    await provider.interactionFinished(request, response, { login: { accountId: sent.get('person') } });
    return;
  }
  const { session: { accountId } } = await provider.interactionDetails(request, response);
  const grant = new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
}

const answer = provider.callback();
const server = http.createServer((request, response) => {
  if (request.url.startsWith('/interaction/')) {
    interact(request, response).catch((error) => {
      response.statusCode = 500;
      response.end(String(error));
    });
    return;
  }
  answer(request, response);
});
server.listen(given.port, '127.0.0.1', () => console.log('listening'));
