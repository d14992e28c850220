import { Button, type ButtonProps } from 'antd'
import type { ReactNode } from 'react'
import { useHref, useLinkClickHandler } from 'react-router'

interface LinkButtonProps {
  readonly to: string
  readonly type?: ButtonProps['type']
  readonly icon?: ReactNode
  readonly children: ReactNode
}

/** A link that looks like a button: it leads somewhere, and opens in a new tab when asked to. */
export function LinkButton({ to, type = 'default', icon, children }: LinkButtonProps) {
  const href = useHref(to)
  const follow = useLinkClickHandler<HTMLElement>(to)
  return (
    <Button
      type={type}
      icon={icon}
      href={href}
      onClick={(event) => {
        if (event.currentTarget instanceof HTMLAnchorElement) follow(event)
      }}
    >
      {children}
    </Button>
  )
}
