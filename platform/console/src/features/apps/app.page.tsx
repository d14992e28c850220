import type { App } from '@openbursar/sdk'
import { Button } from 'antd'
import { Outlet, useOutletContext, useParams } from 'react-router'
import { useSession } from '../../api/api.context.js'
import { useApiQuery } from '../../api/api.hooks.js'
import { basenameOf } from '../../api/workplace.rules.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { PageHeader } from '../../ui/page-header.view.js'
import { QueryState } from '../../ui/query-state.view.js'
import { StatusTag } from '../../ui/status-tag.view.js'
import { TabNav } from '../../ui/tab-nav.view.js'
import { appsMessages } from './apps.messages.js'

/** An app with its parts; each part is a page of its own below it. */
export function AppPage() {
  const words = useMessages(appsMessages)
  const { id = '' } = useParams()
  const query = useApiQuery(['apps', id], (bursar, options) => bursar.apps.get(id, options), {
    reach: 'institution',
  })
  const app = query.data
  const base = `/apps/${id}`
  return (
    <>
      <PageHeader
        title={app?.name ?? id}
        parents={[{ to: '/apps', title: words.title }]}
        beside={
          app?.live_access.status === 'none' || app === undefined ? undefined : (
            <StatusTag status={app.live_access.status} />
          )
        }
        actions={<OpenButtons id={id} />}
      />
      <TabNav
        label={words.tabsLabel}
        tabs={[
          { to: base, title: words.tabs.overview },
          { to: `${base}/members`, title: words.tabs.members },
          { to: `${base}/live`, title: words.tabs.live },
        ]}
      />
      <QueryState query={query}>{(data) => <Outlet context={data} />}</QueryState>
    </>
  )
}

export function useApp(): App {
  return useOutletContext<App>()
}

/** To the app's own pages, in the modes that are open to the person. */
function OpenButtons({ id }: { id: string }) {
  const words = useMessages(appsMessages)
  const scopes = useSession().apps.find((app) => app.id === id)?.scopes
  if (scopes === undefined) return null
  return (
    <>
      {scopes.test && (
        <Button href={basenameOf({ app_id: id, mode: 'test' })}>{words.workInTest}</Button>
      )}
      {scopes.live && (
        <Button href={basenameOf({ app_id: id, mode: 'live' })}>{words.workInLive}</Button>
      )}
    </>
  )
}
