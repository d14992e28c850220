import { join, resolve } from 'node:path'
import { Injectable } from '@nestjs/common'
import { type PageFile, PageFiles } from '../../infra/http/page-files.js'

const DIST = resolve(import.meta.dirname, '../../../../console/dist')

/** The payer's page, its assets, and the style of the pages that the server writes. */
@Injectable()
export class CashierPages {
  private readonly files = new PageFiles(DIST)

  /** The page itself; null when the pages have not been built. */
  page(): PageFile | null {
    return this.files.file('cashier.html')
  }

  /** An asset by its name, as the page asks for it. */
  asset(name: string): PageFile | null {
    return this.files.asset(name)
  }

  /** The address of the style sheet whose name begins so; its name carries a hash of the content. */
  stylesheetPath(name: string): string | null {
    const prefix = join('assets', `${name}-`)
    const found = this.files
      .names()
      .find((path) => path.startsWith(prefix) && path.endsWith('.css'))
    return found === undefined ? null : `/cashier/${found}`
  }
}
