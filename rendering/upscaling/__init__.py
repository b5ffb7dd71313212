"""Pictures four times as large, by networks of others: `upscale` runs them, `ncnn_network` reads their files."""
