#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Dwell authors
# SPDX-License-Identifier: Apache-2.0
"""Pages looked at one after the other, each of another customer: traffic.py LOG RATE

A web server at 10.31.0.10:8080 and its staff, in one process; every page is asked for on a
connection of its own, with the user's name in it. Writes "CUSTOMER USER BEGUN ENDED" a line (seconds
since 1970), until SIGTERM.
"""
import asyncio
import base64
import signal
import sys
import time

SERVER = ("10.31.0.10", 8080)
STAFF = (("li.wei", "10.31.1.11"), ("chen.fang", "10.31.1.12"), ("wang.jun", "10.31.1.13"), ("sun.lei", "10.31.1.14"))
PAGE = b"<html><body><h1>Customer</h1></body></html>"


async def serve(reader, writer):
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                 % (len(PAGE), PAGE))
    await writer.drain()
    writer.close()


async def look(customer, user, address, log):
    begun = time.time()
    reader, writer = await asyncio.open_connection(*SERVER, local_addr=(address, 0))
    name = base64.b64encode(f"{user}:secret".encode()).decode()
    writer.write(f"GET /crm/customer/{customer} HTTP/1.1\r\nHost: backoffice\r\nAuthorization: Basic {name}\r\n\r\n".encode())
    await reader.read()
    writer.close()
    await writer.wait_closed()
    log.write(f"{customer} {user} {begun:.6f} {time.time():.6f}\n")


async def main():
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    server = await asyncio.start_server(serve, *SERVER)
    with open(sys.argv[1], "w", encoding="ascii", buffering=1) as log:
        rate, customer = float(sys.argv[2]), 100000
        while not stop.is_set():
            user, address = STAFF[customer % len(STAFF)]
            await look(customer, user, address, log)
            customer += 1
            await asyncio.sleep(1 / rate)
    server.close()


asyncio.run(main())
