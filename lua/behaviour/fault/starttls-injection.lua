--- What was sent in clear behind STARTTLS is executed under TLS.
return behaviour {
  name  = "starttls-injection",
  point = "fault.session",
  cites = "CID-D2 R3501-6.2.1",
  fault = true,

  session = function(session, by)
    if by.starttls then session:tls_inject() end
  end,
}
