/** The reference reads our own document, calls nobody, and has no buttons that would. */
globalThis.Scalar.createApiReference('#reference', {
  url: '/openapi/v1.yaml',
  theme: 'none',
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  // Requests are signed with a private key, which belongs into no page.
  hideTestRequestButton: true,
  agent: { disabled: true },
  mcp: { disabled: true },
  showDeveloperTools: 'never',
  documentDownloadType: 'none',
  hiddenClients: true,
})
