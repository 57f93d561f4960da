-- Moves on different cases: every case in turn is put on hold, then every case in turn is resumed, and so on.
-- Arguments: a file with one case reference a line, a token.
dofile(os.getenv("ADAPT_BENCH") .. "/report.lua")
local cases, at, holding = {}, 0, true

function init(args)
  for line in io.lines(args[1]) do cases[#cases + 1] = line end
  wrk.method = "POST"
  wrk.headers["Authorization"] = "Bearer " .. args[2]
  wrk.headers["Content-Type"] = "application/json"
end

local HOLD = '{"reason":"contractor_delay","waits_on":"contractor","review_on":"2099-01-05"}'

function request()
  at = at + 1
  if at > #cases then at = 1; holding = not holding end
  local action = holding and "hold" or "resume"
  return wrk.format(nil, "/api/v1/cases/" .. cases[at] .. "/actions/" .. action, nil, holding and HOLD or "{}")
end
