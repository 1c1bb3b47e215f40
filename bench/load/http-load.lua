-- What run-http has wrk do: requests in bundles of the depth that follows "--", and one line of JSON at the end.

local bundle

function init(args)
  local depth = tonumber(args[1] or "1")
  local requests = {}
  for i = 1, depth do
    requests[i] = wrk.format()
  end
  bundle = table.concat(requests)
end

function request()
  return bundle
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "seconds": %.6f, "bytes": %d, "p50_us": %.0f, "p99_us": %.0f, "p999_us": %.0f, '
      .. '"connect_errors": %d, "read_errors": %d, "write_errors": %d, "timeouts": %d, "bad_answers": %d}\n',
    summary.requests, summary.duration / 1e6, summary.bytes,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9),
    errors.connect, errors.read, errors.write, errors.timeout, errors.status))
end
