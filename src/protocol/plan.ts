/** What the page of a promotion's plan tells the extension: a person's word. */
export type FromPlan = { readonly type: 'publish'; readonly commit: boolean } | { readonly type: 'leave' };
