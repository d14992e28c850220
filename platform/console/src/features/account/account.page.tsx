import { Alert } from 'antd'
import { useSession } from '../../api/api.context.js'
import { useApiMutation } from '../../api/api.hooks.js'
import { roleText } from '../../api/role.texts.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { useLanguage } from '../../i18n/language.provider.js'
import { ConfirmButton } from '../../ui/confirm-button.view.js'
import { Instant } from '../../ui/instant.view.js'
import { PageHeader } from '../../ui/page-header.view.js'
import { accountMessages } from './account.messages.js'
import { ChangePassword } from './change-password.form.js'
import { SignedInPlaces } from './signed-in-places.view.js'

export function AccountPage() {
  const words = useMessages(accountMessages)
  const { is_demo, step_up } = useSession()
  return (
    <>
      <PageHeader title={words.title} />
      {is_demo && <Alert className="problem-note" type="info" showIcon title={words.demo} />}
      <WhoAmI />
      {step_up.method !== 'sign_in' && <ChangePassword />}
      <SignedInPlaces />
    </>
  )
}

function WhoAmI() {
  const words = useMessages(accountMessages)
  const { language } = useLanguage()
  const session = useSession()
  const { operator, roles, departments, apps, second_factor } = session
  const nameOf = (id: string) =>
    apps.find(({ department }) => department.id === id)?.department.name ?? id
  const held = [
    ...roles.map((role) => roleText(role, language)),
    ...departments.map(({ department, role }) =>
      words.inDepartment(roleText(role, language), nameOf(department)),
    ),
  ]
  return (
    <section className="panel-box">
      <h2>{words.who}</h2>
      <dl className="facts">
        <dt>{words.name}</dt>
        <dd>{operator.name}</dd>
        <dt>{words.login}</dt>
        <dd>{operator.login}</dd>
        <dt>{words.institution}</dt>
        <dd>{session.institution_name}</dd>
        <dt>{words.roles}</dt>
        <dd>{held.length === 0 ? words.noRoles : held.join(language === 'zh' ? '、' : ', ')}</dd>
        <dt>{words.secondFactor}</dt>
        <dd>
          {second_factor.is_enrolled ? words.enrolled : words.notEnrolled}
          {second_factor.is_required && !second_factor.is_enrolled && ` · ${words.wanted}`}
        </dd>
        <dt>{words.expires}</dt>
        <dd>
          <Instant at={session.expires_at} withSeconds={false} />
        </dd>
      </dl>
      {second_factor.is_enrolled && <ResetFactor />}
    </section>
  )
}

function ResetFactor() {
  const words = useMessages(accountMessages)
  const reset = useApiMutation(
    (bursar, _: undefined, options) => bursar.session.resetSecondFactor(options),
    { reach: 'institution', changes: [], onDone: () => window.location.replace('/console/') },
  )
  return (
    <div className="button-row">
      <ConfirmButton
        label={words.resetFactor}
        title={words.resetFactorTitle}
        confirmLabel={words.resetFactor}
        isDangerous
        onConfirm={() => reset.mutateAsync(undefined)}
      >
        {words.resetFactorDetail}
      </ConfirmButton>
    </div>
  )
}
