-- Asks for another person with each request, and tells in one line what became of them:
-- sent, answers 202, other answers, seconds, median and 99th percentile of an answer's time in milliseconds.
-- wrk ... -s requests.lua URL -- KEY NAME, where NAME begins each address.

local threads = {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

function init(args)
  key, name = args[1], args[2]
  sent, accepted, others = 0, 0, 0
  headers = {["Content-Type"] = "application/json", ["Ocp-Apim-Subscription-Key"] = key}
end

function request()
  sent = sent + 1
  local body = string.format('{"type": "access", "emailAddress": "%s-%d-%d@example.org"}', name, number, sent)
  return wrk.format("POST", nil, headers, body)
end

function response(status)
  if status == 202 then accepted = accepted + 1 else others = others + 1 end
end

function done(summary, latency)
  local sum = {sent = 0, accepted = 0, others = summary.errors.connect + summary.errors.read + summary.errors.timeout}
  for _, thread in ipairs(threads) do
    for what in pairs(sum) do sum[what] = sum[what] + thread:get(what) end
  end
  print(string.format("measured %d %d %d %.6f %.3f %.3f", sum.sent, sum.accepted, sum.others,
    summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
