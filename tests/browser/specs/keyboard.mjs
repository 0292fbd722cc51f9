// All of it by the keyboard, on a phone's width; what has the focus is seen.
import assert from 'node:assert/strict'
import { chosen, facts, onPage, ready, signIn, WIDTHS } from '../page.mjs'

export default onPage(
  async (page) => {
    await signIn(page)
    let next = ''
    page.on('filechooser', (chooser) => chooser.setFiles(next))
    const chooseFile = async (id, path) => {
      next = path
      await tabTo(page, id)
      await page.keyboard.press('Space')
      await chosen(page, id)
    }
    await chooseFile('init_video', facts.clip)
    await chooseFile('reference_image', facts.person)
    await chooseFile('init_image', facts.face)
    await tabTo(page, 'consent')
    await page.keyboard.press('Space')
    await tabTo(page, 'start')
    await page.keyboard.press('Enter')
    await ready(page)
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'done-title')
  },
  { viewport: WIDTHS.phone },
)

/** Go on by Tab until this has the focus; everything on the way shows that it has. */
async function tabTo(page, id) {
  for (let step = 0; step < 30; step++) {
    await page.keyboard.press('Tab')
    const { at, shown } = await page.evaluate(() => {
      const element = document.activeElement ?? document.body
      const outlines = [element, element.closest('.drop')].map((each) => each && getComputedStyle(each).outlineStyle)
      return { at: element.id, shown: element.matches('video') || outlines.some((each) => each && each !== 'none') }
    })
    assert.ok(shown, `nothing shows that ${at} has the focus`)
    if (at === id) return
  }
  assert.fail(`no way to ${id}`)
}
