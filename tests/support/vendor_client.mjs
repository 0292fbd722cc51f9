// A program written for the vendor: it orders a swap and fetches it. `node vendor_client.mjs SERVER KEY` and nothing else is ours.
const [server, key] = process.argv.slice(2);

async function post(path, body) {
  const answer = await fetch(`${server}/api/v6/faceswap/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ key, ...body }),
  });
  if (!answer.ok) throw new Error(`${answer.status}: ${(await answer.json()).message}`);
  return answer.json();
}

const media = (name) => `https://media.example.com/${name}`;
const urls = { init_video: media("v.mp4"), init_image: media("i.png"), reference_image: media("r.png") };
let told = await post("specific_video_swap", { ...urls, output_format: "mp4", webhook: null, track_id: 900001 });
while (told.status === "processing") {
  await new Promise((resume) => setTimeout(resume, Math.min(told.eta, 1) * 250));
  told = await post(`fetch/${told.id}`, {});
}
console.log(JSON.stringify(told));
