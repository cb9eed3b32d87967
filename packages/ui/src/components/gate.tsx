export type GateLook = 'closed' | 'waiting' | 'open' | 'refused'

/** The gate that the product is named after. It shows in one look how things stand; the text beside it says it. */
export function Gate({ look }: { readonly look: GateLook }) {
  return (
    <svg class={`gate gate-${look}`} viewBox="0 0 96 96" aria-hidden="true" focusable="false">
      <path class="gate-light" d="M26 86V46a22 22 0 0 1 44 0v40Z" />
      <path class="gate-door gate-left" d="M26 86V46a22 22 0 0 1 22-22v62Z" />
      <path class="gate-door gate-right" d="M70 86V46a22 22 0 0 0-22-22v62Z" />
      <path class="gate-arch" d="M20 86V46a28 28 0 0 1 56 0v40" />
      <path class="gate-ground" d="M10 86h76" />
      <circle class="gate-lamp" cx="48" cy="10" r="4" />
    </svg>
  )
}
