import { ROLE_ROWS } from '../../api/role.texts.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { useLanguage } from '../../i18n/language.provider.js'
import { PageHeader } from '../../ui/page-header.view.js'
import { ScopeList } from '../../ui/scope-picker.view.js'
import './operators.css'
import { operatorsMessages } from './operators.messages.js'
import { PeopleTabs } from './people-tabs.view.js'

/** The one table of roles, as the server enforces it. */
export function RolesPage() {
  const words = useMessages(operatorsMessages)
  const { language } = useLanguage()
  return (
    <>
      <PageHeader title={words.title} lead={words.rolesLead} />
      <PeopleTabs />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must take the focus */}
      <section className="table-frame" aria-label={words.tabs.roles} tabIndex={0}>
        <table className="data-table role-table">
          <thead>
            <tr>
              <th scope="col">{words.role}</th>
              <th scope="col">{words.reach}</th>
              <th scope="col">{words.needsFactor}</th>
              <th scope="col">{words.permissions}</th>
              <th scope="col">{words.inTest}</th>
              <th scope="col">{words.inLive}</th>
            </tr>
          </thead>
          <tbody>
            {ROLE_ROWS.map((row) => (
              <tr key={row.role}>
                <th scope="row">{row[language]}</th>
                <td>{words.reaches[row.reach]}</td>
                <td>{row.needs_second_factor ? words.yes : words.no}</td>
                <td>
                  <ul>
                    {row.permissions.map((name) => (
                      <li key={name}>{words.decisions[name]}</li>
                    ))}
                  </ul>
                </td>
                <td>
                  <ScopeList scopes={row.test} />
                </td>
                <td>
                  <ScopeList scopes={row.live} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  )
}
