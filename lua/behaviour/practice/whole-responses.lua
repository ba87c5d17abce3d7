--- Each response is sent as soon as it is made, in one piece where the network takes it.
return behaviour {
  name  = "whole-responses",
  point = "wire.pieces",
  cites = "R3501-9",

  pieces = function(session, by) session:whole() end,
}
