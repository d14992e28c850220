import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'

const { base, Check } = interactionPolicy

/**
 * When a payer must be seen: at every request, by the pages that know payers' sessions. The library's own
 * session outlives a payer's sign-out, so it is never taken for one. Pages that still know the payer answer at
 * once, without a click.
 */
export function interactionPolicyOfPayers() {
  const prompts = base()
  prompts
    .get('login')
    ?.checks.add(
      new Check('payer_session', 'the payer has to be signed in', (ctx: KoaContextWithOIDC) =>
        ctx.oidc.result?.login ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT,
      ),
    )
  return prompts
}

/** The grant that those pages named in this very request; never one that the library remembers by itself. */
export async function grantOfPayer(ctx: KoaContextWithOIDC) {
  const grantId = ctx.oidc.result?.consent?.grantId
  return grantId === undefined ? undefined : ctx.oidc.provider.Grant.find(grantId)
}
