// A strict, certified authorization server, dressed as Fitbit's and as Google's.
//
// node server.mjs HOME '{"redirectUri": ..., "clients": {"basic": [id, secret], "post": [...]},
//                        "rotate": true, "accessSeconds": 28800}'
//
// HOME holds node_modules. It listens on a free port of 127.0.0.1 and prints its address.

import { createServer } from 'node:http';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const FITBIT = [
  'activity', 'cardio_fitness', 'electrocardiogram', 'heartrate',
  'irregular_rhythm_notifications', 'location', 'nutrition', 'oxygen_saturation', 'profile',
  'respiratory_rate', 'settings', 'sleep', 'social', 'temperature', 'weight',
];
const GOOGLE = [
  'activity_and_fitness', 'ecg', 'health_metrics_and_measurements', 'irn', 'location',
  'logged_symptoms', 'mindfulness', 'nutrition', 'profile', 'reproductive_health', 'settings',
  'sleep',
].map((name) => `https://www.googleapis.com/auth/googlehealth.${name}.readonly`);

const [home, json] = process.argv.slice(2);
const wanted = JSON.parse(json);
const library = pathToFileURL(resolve(home, 'node_modules/oidc-provider/lib/index.js'));
const { default: Provider } = await import(library);

const client = (method) => ({
  client_id: wanted.clients[method][0],
  client_secret: wanted.clients[method][1],
  redirect_uris: [wanted.redirectUri],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: `client_secret_${method}`,
});

const configuration = {
  clients: [client('basic'), client('post')],
  scopes: ['openid', 'offline_access', ...FITBIT, ...GOOGLE],
  pkce: { required: () => true },
  allowOmittingSingleRegisteredRedirectUri: false,
  // Neither provider asks for openid or offline_access before it hands out a refresh token.
  issueRefreshToken: async () => true,
  expiresWithSession: async () => false,
  rotateRefreshToken: wanted.rotate,
  ttl: {
    AccessToken: wanted.accessSeconds,
    AuthorizationCode: 600,
    Grant: 86400,
    Interaction: 600,
    RefreshToken: 86400,
    Session: 86400,
  },
  cookies: { keys: ['a key for the cookies of one test run'] },
  routes: {
    authorization: '/oauth2/authorize',
    token: '/oauth2/token',
    revocation: '/oauth2/revoke',
    introspection: '/1.1/oauth2/introspect',
  },
  features: {
    devInteractions: { enabled: true },
    revocation: { enabled: true },
    introspection: { enabled: true },
  },
  findAccount: async (_, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
};

// Google's way to revoke: no client credentials, the token alone; the whole grant dies.
const googleRevoke = (provider) => async (ctx, next) => {
  if (ctx.path !== '/revoke' || ctx.method !== 'POST') return next();
  let body = '';
  for await (const chunk of ctx.req) body += chunk;
  const value = new URLSearchParams(body || ctx.querystring).get('token') ?? '';
  const token = await provider.RefreshToken.find(value) ?? await provider.AccessToken.find(value);
  if (token) {
    const grant = await provider.Grant.find(token.grantId);
    await provider.AccessToken.revokeByGrantId(token.grantId);
    await provider.RefreshToken.revokeByGrantId(token.grantId);
    await grant?.destroy();
  }
  ctx.status = token ? 200 : 400;
  ctx.body = token ? {} : { error: 'invalid_token' };
};

// Fitbit wants the secret as HTTP Basic (the library takes it either way, and so does Google)
// and names the wearer in its answer.
const fitbitToken = async (ctx, next) => {
  await next();
  const fitbit = ctx.oidc?.client?.clientId === wanted.clients.basic[0];
  if (!fitbit || ctx.path !== '/oauth2/token') return;
  if (!ctx.headers.authorization) {
    ctx.status = 401;
    ctx.body = { error: 'invalid_client', error_description: 'the secret was not sent as Basic' };
  } else if (ctx.body?.access_token) {
    ctx.body.user_id = ctx.oidc.entities.Account.accountId;
  }
};

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const address = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(address, configuration);
  provider.use(fitbitToken);
  provider.use(googleRevoke(provider));
  server.on('request', provider.callback());
  console.log(`listening ${address}`);
});
process.on('SIGTERM', () => process.exit(0));
