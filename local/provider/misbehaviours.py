"""Every misbehaviour by its name: what is then answered to a submit, a fetch and whoever reads a result, or posted.

Each is a way of the provider contract (§3, §7, §8) or of a network to go wrong.
"""

from local.provider.canned_answers import CannedAnswer, Part, Post, Posts

_HANG = 600.0
_PAGE = "<html><body>502 Bad Gateway</body></html>"
_SUCCESS = '{"status":"success","id":$ID,"output":["$URL"],"track_id":"$TRACK"}'
_RETRY_AT_ONCE = '{"status":"error","message":"Rate limit exceeded","retry_after":1}'
# The beginning of a video whose media never ends.
_BOM = "\ufeff"
_ACCEPTED = '{"status":"processing","id":$ID'
_DONE = '{"status":"success","id":$ID,"output":["$URL"]'
_NOTICE = "<br />\n<b>Notice</b>: Undefined index in /var/www/api.php on line 12<br />\n"
_ELSEWHERE = {"location": "https://new.example/api/v6/", "retry-after": "5"}
_ENDLESS_VIDEO = "\0\0\0\x10ftypisom\0\0\0\0\0\0\0\0mdat"

ANSWERS: dict[str, CannedAnswer] = {
    "submit_reset_before": CannedAnswer(reset=True, taken=False, times=1),
    "submit_reset_after": CannedAnswer(reset=True, times=1),
    "submit_hangs": CannedAnswer(delay=_HANG, reset=True, times=1),
    "submit_endless": CannedAnswer(endless=True, times=1),
    "submit_cut": CannedAnswer(body='{"status":"processing","id":', cut=20, times=1),
    "submit_html": CannedAnswer(status=502, body=_PAGE, times=1),
    "submit_empty": CannedAnswer(times=1),
    "submit_wrong_types": CannedAnswer(
        body='{"status":" Processing","id":"$ID","eta":"soon","output":"","message":[]}', times=1
    ),
    "submit_refused_rate": CannedAnswer(status=429, body=_RETRY_AT_ONCE, taken=False, times=1),
    "submit_refused_rate_200": CannedAnswer(body=_RETRY_AT_ONCE, taken=False, times=1),
    "submit_rejected_200": CannedAnswer(
        body='{"status":"error","code":"provider_error","message":"The provider refused."}',
        taken=False,
    ),
    "submit_input_invalid": CannedAnswer(
        body='{"status":"error","message":{"init_video":["The init video must be valid."]}}',
        taken=False,
    ),
    "submit_bom": CannedAnswer(body=_BOM, truth=True, times=1),
    "submit_half_emoji": CannedAnswer(body=_ACCEPTED + ',"tip":"cut \\ud83d"}', times=1),
    "submit_not_utf8": CannedAnswer(
        body=_ACCEPTED + ',"tip":"caf\xe9"}', charset="latin-1", times=1
    ),
    "submit_nan": CannedAnswer(body=_ACCEPTED + ',"eta":NaN,"meta":{"x":-Infinity}}', times=1),
    "submit_tiny_eta": CannedAnswer(body=_ACCEPTED + ',"eta":1e-200}', times=1),
    "submit_many_links": CannedAnswer(
        body=_ACCEPTED + ',"output":[$LINKS],"future_links":[$LINKS],"proxy_links":[$LINKS]}',
        times=1,
    ),
    "submit_gzip": CannedAnswer(truth=True, coding="gzip", times=1),
    "submit_moved": CannedAnswer(status=308, headers=_ELSEWHERE, taken=False, times=1),
    "submit_found": CannedAnswer(status=302, headers=_ELSEWHERE, times=1),
    "fetch_bom": CannedAnswer(body=_BOM, truth=True),
    "fetch_half_emoji": CannedAnswer(body=_DONE + ',"tip":"cut \\ud83d"}'),
    "fetch_not_utf8": CannedAnswer(body=_DONE + ',"tip":"caf\xe9"}', charset="latin-1"),
    "fetch_raw_breaks": CannedAnswer(body=_DONE + ',"tip":"one\ntwo\ttabs"}'),
    "fetch_nan": CannedAnswer(body=_DONE + ',"generationTime":NaN}'),
    "fetch_tiny_time": CannedAnswer(body=_DONE + ',"generationTime":1e-200}'),
    "fetch_deflate": CannedAnswer(truth=True, coding="deflate"),
    "fetch_output_object": CannedAnswer(
        body='{"status":"success","output":{"0":"$URL","2":"$URL"}}'
    ),
    "fetch_output_text": CannedAnswer(body='{"status":"success","output":"[\\"$URL\\"]"}'),
    "fetch_odd_link": CannedAnswer(body='{"status":"success","output":"$URL?name=my café"}'),
    "fetch_other_status": CannedAnswer(body='{"status":"done","output":["$URL"]}', times=1),
    "fetch_notice": CannedAnswer(body=_NOTICE, truth=True, times=1),
    "fetch_in_list": CannedAnswer(body="[" + _DONE + "}]", times=1),
    "fetch_in_data": CannedAnswer(body='{"data":' + _DONE + "}}", times=1),
    "fetch_moved": CannedAnswer(status=301, headers=_ELSEWHERE, times=1),
    "fetch_found": CannedAnswer(status=303, headers=_ELSEWHERE, times=1),
    "fetch_500": CannedAnswer(status=500, times=2),
    "fetch_html": CannedAnswer(body=_PAGE, times=1),
    "fetch_empty": CannedAnswer(times=1),
    "fetch_endless": CannedAnswer(endless=True, times=1),
    "fetch_hangs": CannedAnswer(delay=_HANG, reset=True, times=1),
    "fetch_reset": CannedAnswer(reset=True, times=1),
    "fetch_cut": CannedAnswer(body='{"status":"success"', cut=50, times=1),
    "fetch_not_found": CannedAnswer(
        body='{"status":"failed","id":"","message":"Request not found","output":""}', times=1
    ),
    "fetch_other_id": CannedAnswer(
        body='{"status":"success","id":$OTHER_ID,"output":["$OTHER_URL"]}', times=1
    ),
    "fetch_rate_200": CannedAnswer(body=_RETRY_AT_ONCE, times=1),
    "fetch_wrong_types": CannedAnswer(
        body='{"status":"SUCCESS","id":"$ID","output":"$URL ","generationTime":"long"}'
    ),
    "fetch_failed": CannedAnswer(
        body='{"status":"failed","id":"","message":"Failed, Try Again","output":""}'
    ),
    "file_gzip": CannedAnswer(truth=True, coding="gzip"),
    "file_aws_chunked": CannedAnswer(truth=True, headers={"content-encoding": "aws-chunked"}),
    "file_odd_coding": CannedAnswer(truth=True, headers={"content-encoding": "UTF-8"}),
    "file_elsewhere": CannedAnswer(status=302, headers={"location": "$ELSEWHERE"}, times=1),
    "file_404_first": CannedAnswer(status=404, times=2),
    "file_cut": CannedAnswer(body="\0\0\0\x10ftypisom\0\0\0\0", cut=5000, times=1),
    "file_html": CannedAnswer(body=_PAGE, headers={"content-type": "video/mp4"}, times=1),
    "file_empty": CannedAnswer(times=1),
    "file_endless": CannedAnswer(body=_ENDLESS_VIDEO, endless=True, times=1),
    "file_hangs": CannedAnswer(delay=_HANG, reset=True, times=1),
    "file_reset": CannedAnswer(reset=True, times=1),
    "file_redirect": CannedAnswer(status=302, headers={"location": "?again"}, times=1),
    "file_leads_away": CannedAnswer(
        status=302, headers={"location": "http://169.254.169.254/latest"}, times=1
    ),
}
"""Those of an answer; the part is the word before the first underscore."""

POSTS: dict[str, Posts] = {
    "webhook_lost": Posts(),
    "webhook_late": Posts(posts=(Post(delay=8),)),
    "webhook_early": Posts(posts=(Post(),), early=True),
    "webhook_twice": Posts(posts=(Post(), Post())),
    "webhook_reordered": Posts(
        posts=(Post(), Post(body='{"status":"processing","id":$ID,"track_id":"$TRACK"}'))
    ),
    "webhook_forged": Posts(posts=(Post(body=_SUCCESS, forged=True),)),
    "webhook_lies_result": Posts(
        posts=(Post(body='{"status":"success","id":$ID,"output":["https://evil.example/v.mp4"]}'),)
    ),
    "webhook_lies_failure": Posts(posts=(Post(body='{"status":"failed","id":$ID}'),)),
    "webhook_other_job": Posts(
        posts=(
            Post(body='{"status":"success","id":$OTHER_ID,"output":["$OTHER_URL"],"track_id":1}'),
        )
    ),
    "webhook_bom": Posts(posts=(Post(body=_BOM + _SUCCESS),)),
    "webhook_tiny_time": Posts(posts=(Post(body=_DONE + ',"generationTime":1e-200}'),)),
    "webhook_half_emoji": Posts(posts=(Post(body=_DONE + ',"message":"cut \\ud83d"}'),)),
    "webhook_not_utf8": Posts(
        posts=(Post(body=_DONE + ',"message":"caf\xe9"}', charset="latin-1"),)
    ),
    "webhook_many_links": Posts(posts=(Post(body='{"status":"success","output":[$LINKS]}'),)),
    "webhook_html": Posts(posts=(Post(body=_PAGE),)),
    "webhook_too_long": Posts(posts=(Post(body='{"status":"success"}' + " " * 70_000),)),
}
"""Those of the webhooks."""

PART_OF: dict[str, Part] = {
    **{
        name: next(part for part in ("submit", "fetch", "file") if name.startswith(part))
        for name in ANSWERS
    },
    **dict.fromkeys(POSTS, "webhook"),
}
"""The part of each."""
