import htm from 'htm'
import { h, type VNode } from 'preact'

/** Markup as Preact's elements; text in it is text, whatever stands in it. */
export const html = htm.bind<VNode>(h as never)
