import { Inject, Injectable } from '@nestjs/common'
import { CONFIG, type Config } from '../../infra/config/config.js'
import type { ChannelAccount } from '../channels/channel.port.js'
import { SANDBOX_ACCOUNTS } from './accounts/sandbox-account.table.js'
import { SimulationError } from './simulation.errors.js'

const TIMEOUT_MS = 10_000

export interface SimulatorCall {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Below the control of the channel's simulator. */
  readonly path: string
  readonly json?: object
}

/** Speaks to the control of the simulated providers, which knows no credentials and no tenants. */
@Injectable()
export class SimulatorClient {
  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'simulatorOrigin'>) {}

  /**
   * Answers with the JSON the simulator says, null when it says nothing.
   * @throws SimulationError simulation_not_possible, simulator_unavailable
   */
  async call({ channel }: Pick<ChannelAccount, 'channel'>, call: SimulatorCall): Promise<unknown> {
    if (!SANDBOX_ACCOUNTS[channel]) {
      const message = `The channel ${channel} has no simulated provider: nothing can be played there.`
      throw new SimulationError('simulation_not_possible', message)
    }
    const response = await this.send(`/_control/${channel}${call.path}`, call)
    const text = await response.text()
    if (response.ok) return text === '' ? null : JSON.parse(text)
    if (response.status < 500) {
      throw new SimulationError('simulation_not_possible', `The simulator refuses: ${text}`)
    }
    const message = 'The simulator is broken; see its log.'
    throw new SimulationError('simulator_unavailable', message, text)
  }

  private async send(path: string, { method, json }: SimulatorCall): Promise<Response> {
    try {
      return await fetch(`${this.config.simulatorOrigin}${path}`, {
        method,
        ...(json && {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(json),
        }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
    } catch (cause) {
      throw new SimulationError('simulator_unavailable', 'The simulator does not answer.', cause)
    }
  }
}
