import Provider from 'oidc-provider'

// A campus' identity provider, as another program: an OpenID provider that knows everybody by the login they type.
// Started with: the port, the client's secret, and the one address it sends people back to.
const [port, client_secret, redirect_uri] = process.argv.slice(2)

const provider = new Provider(`http://localhost:${port}`, {
  clients: [{ client_id: 'console', client_secret, redirect_uris: [redirect_uri] }],
  clientAuthMethods: ['client_secret_post', 'client_secret_basic'],
  clientDefaults: { token_endpoint_auth_method: 'client_secret_post' },
  claims: { openid: ['sub'], email: ['email'] },
  conformIdTokenClaims: true,
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: id }) }),
})
provider.listen(Number(port), () => process.send('ready'))
process.once('disconnect', () => process.exit(0))
