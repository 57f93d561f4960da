-- Loads addresses one after another, as somebody who is signed in or has a token.
-- Arguments: a file with one path a line, the name of a header, its value, what is accepted.
dofile(os.getenv("ADAPT_BENCH") .. "/report.lua")
local paths, at = {}, 0

function init(args)
  for line in io.lines(args[1]) do paths[#paths + 1] = line end
  wrk.headers[args[2]] = args[3]
  wrk.headers["Accept"] = args[4]
  wrk.headers["Accept-Encoding"] = "gzip"
end

function request()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
