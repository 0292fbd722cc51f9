// From a dropped clip to the slider, by the engine that really swaps; each state is looked at.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { chosen, facts, looksRight, onPage, ready, start, until } from '../page.mjs'

export default onPage(async (page) => {
  await page.goto(facts.web)
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
  await looksRight(page, 'welcome')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Sign in as demo' }).waitFor()
  await looksRight(page, 'issuer')
  await page.getByRole('button', { name: 'Sign in as demo' }).click()
  await page.getByRole('heading', { name: 'New swap' }).waitFor()
  assert.equal(await page.evaluate(() => location.search), '')
  await looksRight(page, 'empty')

  await page.getByRole('button', { name: 'Swap the face' }).click()
  await page.getByText('Choose a clip.', { exact: true }).waitFor()
  await looksRight(page, 'missing')

  await drop(page, 'init_video', facts.clip, 'holiday.mp4', 'video/mp4')
  await chosen(page, 'init_video')
  await pick(page)
  await chosen(page, 'reference_image')
  await drop(page, 'init_image', facts.face, 'face.png', 'image/png')
  await chosen(page, 'init_image')
  await page.getByRole('checkbox').check()
  await looksRight(page, 'chosen')

  await start(page)
  await page.getByText('Swapping the face', { exact: true }).last().waitFor()
  await page.getByText('The same by curl').click()
  await looksRight(page, 'running')
  assert.match(await page.locator('#curl').textContent(), /"init_video": "upload:upl_/)
  await ready(page)
  await page.getByText('The same by curl').click()
  for (const video of ['#before', '#after']) {
    await until(() => page.evaluate((each) => document.querySelector(each).readyState >= 2, video), 'the clip is there')
  }
  await slide(page)
  await looksRight(page, 'done')
  await playTogether(page)
})

/** Let go of a file over a field, as from a folder. */
async function drop(page, field, path, name, type) {
  const content = readFileSync(path).toString('base64')
  const transfer = await page.evaluateHandle(
    ([content, name, type]) => {
      const bytes = Uint8Array.from(atob(content), (each) => each.charCodeAt(0))
      const transfer = new DataTransfer()
      transfer.items.add(new File([bytes], name, { type }))
      return transfer
    },
    [content, name, type],
  )
  await page.dispatchEvent(`[data-field="${field}"]`, 'drop', { dataTransfer: transfer })
}

/** Draw a square around the person on the left. */
async function pick(page) {
  await page.locator('#moment').focus()
  await page.keyboard.press('ArrowRight')
  const { x, y, width } = await page.locator('#stage').boundingBox()
  const scale = width / facts.clipWidth
  const [left, top, side] = facts.square.map((each) => each * scale)
  await page.mouse.move(x + left, y + top)
  await page.mouse.down()
  await page.mouse.move(x + left + side / 2, y + top + side / 2)
  await page.mouse.move(x + left + side, y + top + side)
  await page.mouse.up()
}

/** The slider moves by the keyboard. */
async function slide(page) {
  const share = page.getByRole('slider', { name: 'Before and after' })
  await share.focus()
  await page.keyboard.press('End')
  assert.equal(await page.evaluate(() => document.querySelector('#compare').style.getPropertyValue('--share')), '100%')
  for (let step = 0; step < 72; step++) await page.keyboard.press('ArrowLeft')
  assert.equal(await share.inputValue(), '28')
  await page.getByRole('button', { name: 'Play' }).focus()
}

/** Both play, and show the same moment. */
async function playTogether(page) {
  const times = () => page.evaluate(() => ['#after', '#before'].map((each) => document.querySelector(each).currentTime))
  await page.getByRole('button', { name: 'Play' }).click()
  await until(async () => (await times()).every((each) => each > 0.2), 'both play')
  const [after, before] = await times()
  assert.ok(Math.abs(after - before) < 0.3, `${after} and ${before}`)
}
