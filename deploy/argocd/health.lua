-- Argo CD's health of an ArcPrivateLinkScope and of an ArcServerAssociation.
-- Healthy: as the spec says. Progressing: at work, or waiting for what comes by itself (up to 15 minutes for servers).
-- Degraded: a person has to do something, and the message says what. Suspended: spec.suspend, or only observed.
local health = { status = "Progressing", message = "Waiting for the operator." }

local function condition(kind)
  for _, one in ipairs((obj.status or {}).conditions or {}) do
    if one.type == kind then return one end
  end
end

local function told(status, one)
  return { status = status, message = one.message or one.reason or "" }
end

local blocked = condition("DeletionBlocked")
if obj.metadata.deletionTimestamp ~= nil then
  if blocked ~= nil and blocked.status == "True" then return told("Degraded", blocked) end
  health.message = "Being deleted."
  return health
end

if obj.status == nil or obj.status.observedGeneration == nil then return health end
if obj.status.observedGeneration ~= obj.metadata.generation then return health end

local suspended = condition("Suspended")
if suspended ~= nil and suspended.status == "True" then return told("Suspended", suspended) end

local stalled = condition("Stalled")
if stalled ~= nil and stalled.status == "True" then return told("Degraded", stalled) end

local ready = condition("Ready")
if ready == nil then return health end
if ready.status == "True" then
  -- Ready, but a server may still need a person: say so without turning the application red.
  local complete = condition("Complete")
  if complete ~= nil and complete.status == "False" then return told("Healthy", complete) end
  return told("Healthy", ready)
end
-- Only observed, and Azure differs: nothing is on its way, and nothing is wrong.
if ready.reason == "ChangesPlanned" then return told("Suspended", ready) end
return told("Progressing", ready)
